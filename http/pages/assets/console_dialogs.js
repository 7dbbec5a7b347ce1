/**
 * One dialog at a time, and short notices.
 *
 * @module
 */
import { button, element } from "./console_elements.js";
import { byId } from "./elements.js";

/** @import { Child } from "./console_elements.js" */

const NOTICE_MS = 8000;
let noticeTimer = 0;

/**
 * Say something for a while.
 *
 * @param {string} text
 */
export function notify(text) {
  const notice = byId("notice", HTMLParagraphElement);
  notice.textContent = text;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => notice.hidden = true, NOTICE_MS);
}

/**
 * Do something, and say what came of it.
 *
 * @param {() => Promise<unknown>} act
 * @param {string} done
 */
export async function attempt(act, done) {
  try {
    await act();
    if (done !== "") notify(done);
  } catch (error) {
    notify(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Show a dialog.
 *
 * @param {object} options
 * @param {string} options.title
 * @param {readonly Child[]} options.content
 * @param {string} [options.action] Without it the dialog is only closed.
 * @param {() => Promise<unknown>} [options.act] A rejection is a text in the dialog, a notice where it was closed.
 * @param {boolean} [options.stays] The dialog is not closed by the action.
 * @param {() => void} [options.closed]
 */
export function openDialog({ title, content, action, act, stays = false, closed }) {
  const dialog = byId("dialog", HTMLDialogElement);
  const trouble = element("p", { class: "bad", role: "alert" });
  const close = button(action === undefined || stays ? "Close" : "Cancel", () => dialog.close());
  let isBusy = false;
  const main = action === undefined ? undefined : button(action, async () => {
    // A second click would do it twice.
    if (isBusy) return;
    isBusy = true;
    trouble.textContent = "";
    try {
      await act?.();
      // Meanwhile it may have been closed, and another one opened.
      if (!stays && trouble.isConnected) dialog.close();
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      if (trouble.isConnected) trouble.textContent = text;
      else notify(text);
    } finally {
      isBusy = false;
    }
  }, { class: "main" });
  dialog.replaceChildren(
    element("h2", { id: "dialog-title" }, title),
    ...content.filter((part) => part !== undefined),
    trouble,
    element("div", { class: "tools" }, main, close),
  );
  dialog.onclose = () => {
    dialog.replaceChildren();
    closed?.();
  };
  dialog.showModal();
}

/**
 * Ask before something that cannot be taken back.
 *
 * @param {string} title
 * @param {string} text
 * @param {string} action
 * @param {() => Promise<unknown>} act
 */
export function confirmAction(title, text, action, act) {
  openDialog({ title, content: [element("p", {}, text)], action, act });
}
