export * from "./scalars";
export * from "./structures";
export {
  misfit,
  orList,
  suggestion,
  type Checks,
  type JsonSchema,
  type Type,
  type Value,
} from "./type";
