import { catalogs } from "../clouds/catalogs";
import { cloudNames } from "../clouds/list";
import { orList } from "../model/schema";
import { text } from "./text";

/** The forms of every cloud: a baseline may list the same people for stacks on several. */
const forms = cloudNames.flatMap((name) => catalogs[name]().admins ?? []);

/** One who may administer a cluster; the plan reports those whom the stack's cloud does not know. */
export const admin = text("an administrator", (written) => {
  if (forms.some(({ pattern }) => pattern.test(written))) return undefined;
  const [right] = forms.flatMap(({ correct }) => correct(written) ?? []);
  return right === undefined
    ? `"${written}" is not an administrator; write ${orList(forms.map(({ form }) => form))}`
    : `"${written}" is not an administrator; write "${right}"`;
});
