import { useEffect, useState } from "preact/hooks";
import { begin, nameOf, readProviders, reasonOf, type Provider } from "./oidc.js";

/** A button for each provider at which one can sign in. */
export function Providers() {
  const [providers, setProviders] = useState<Provider[]>([]);
  const [fault, setFault] = useState("");
  useEffect(() => {
    readProviders().then(setProviders, () => undefined); // without them, the field for a token is left
  }, []);
  const leave = (provider: Provider) => {
    setFault("");
    begin(provider, "/", location.pathname + location.search).catch((cause: unknown) => setFault(reasonOf(cause)));
  };
  return (
    <>
      {providers.map((provider) => (
        <button type="button" class="main" key={provider.issuer} onClick={() => leave(provider)}>
          {nameOf(provider)}
        </button>
      ))}
      {fault && (
        <p role="alert" dir="auto">
          {fault}
        </p>
      )}
      {providers.length > 0 && <p class="or">or</p>}
    </>
  );
}
