/** A dialog before the page: the browser keeps the focus in it, and Escape closes it. */
import type { ComponentChildren, VNode } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** Properties of {@linkcode Modal}. */
export interface ModalProps {
  title: string;
  close: () => void;
  children: ComponentChildren;
}

/** The dialog; it is open as long as it is drawn. */
export function Modal({ title, close, children }: ModalProps): VNode {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current!.showModal(), []);
  return (
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={close}
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div class="dialog-head">
        <h2>{title}</h2>
        <button type="button" aria-label="Close" onClick={close}>×</button>
      </div>
      {children}
    </dialog>
  );
}
