import { useEffect, useState } from "preact/hooks";
import { analyticsPath, changeSettings, Failure, readSettings, type Settings } from "./api.js";
import { Menu } from "./menu.js";
import type { Session } from "./session.js";
import type { Unsaved } from "./unsaved.js";

const choices: [keyof Settings, string][] = [
  ["hasOptedOut", "Opted out"],
  ["hasLicense", "Licence"],
  ["hasGraphMailbox", "Mailbox"],
];

interface SettingsProps {
  session: Session;
  person: string;
  changed: () => void;
  unsaved: Unsaved;
  /** Called if the token is not valid any more. */
  expired: (reason: string) => void;
}

/** The settings of the person, which decide whether the statistics can be read. */
export function SettingsMenu(props: SettingsProps) {
  return <Menu label="Settings">{() => <SettingsForm {...props} />}</Menu>;
}

function SettingsForm({ session, person, changed, unsaved, expired }: SettingsProps) {
  const root = analyticsPath(session, person);
  const [settings, setSettings] = useState<Settings>();
  const [fault, setFault] = useState("");
  const attempt = async (act: () => Promise<Settings>) => {
    setFault("");
    try {
      setSettings(await act());
    } catch (cause) {
      if (cause instanceof Failure && cause.status === 401) expired(cause.message);
      else setFault(cause instanceof Failure ? cause.message : String(cause));
    }
  };
  useEffect(() => void attempt(() => readSettings(session, root)), [session, root]);
  const change = (name: keyof Settings, value: boolean) =>
    attempt(async () => {
      if (settings && !(await unsaved.mayLeave())) return { ...settings }; // the form goes with the numbers
      const after = await changeSettings(session, root, { [name]: value });
      changed();
      return after;
    });
  return (
    <fieldset class="settings" disabled={!settings}>
      <legend class="hidden">Settings</legend>
      {choices.map(([name, label]) => (
        <label key={name}>
          <input type="checkbox" checked={settings?.[name] ?? false} onChange={(event) => void change(name, event.currentTarget.checked)} />
          {label}
        </label>
      ))}
      {fault && (
        <p class="fault" role="alert" dir="auto">
          {fault}
        </p>
      )}
    </fieldset>
  );
}
