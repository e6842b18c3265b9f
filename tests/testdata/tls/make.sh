#!/bin/sh
# Makes the certificates of this folder anew, valid for 100 years; needs openssl 3. Run it here.
#   ca         the authority that signed server and client
#   server     for localhost, log.example, 127.0.0.1 and ::1
#   client     a client certificate, for servers that demand one
#   other-ca   an authority that signed nothing here
# The keys are for tests alone: they are public.
set -eu
days=36500
authority() {
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days $days \
    -keyout "$1.key" -out "$1.pem" -subj "/CN=logwire test $1" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"
}
signed() {
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
    -keyout "$1.key" -out "$1.csr" -subj "/CN=logwire test $1"
  printf 'basicConstraints=critical,CA:FALSE\nextendedKeyUsage=%s\nsubjectAltName=%s\n' "$2" "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA ca.pem -CAkey ca.key -CAcreateserial -days $days \
    -extfile "$1.ext" -out "$1.pem"
  rm "$1.csr" "$1.ext"
}
authority ca
authority other-ca
signed server serverAuth "DNS:localhost,DNS:log.example,IP:127.0.0.1,IP:::1"
signed client clientAuth "DNS:client.example"
rm ca.key other-ca.key ca.srl
