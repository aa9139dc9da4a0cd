/**
 * Puts text on the clipboard. False when the browser does not allow it: over plain http from another machine there
 * is no clipboard, and a person can deny it. The caller then shows the text, selected.
 */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
