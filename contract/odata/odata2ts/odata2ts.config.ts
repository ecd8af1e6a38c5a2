import { type ConfigFileOptions, EmitModes, Modes } from "@odata2ts/odata2ts";

const config: ConfigFileOptions = {
  mode: Modes.service,
  emitMode: EmitModes.ts,
  enablePrimitivePropertyServices: true,
  services: {
    afterhours: { serviceName: "afterhours", source: ".built/metadata.xml", output: ".built/afterhours" },
  },
};

export default config;
