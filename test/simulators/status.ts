import { Metadata, status, type ServiceError } from "@grpc/grpc-js";
import { ErrorResourceInitFailed } from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb.js";
import { InitFailed } from "./simulator";
import { encode, type Bag } from "./values";

/** The error that the engine gets; a broken but existing resource travels in its details. */
export function serviceError(error: unknown, inputs?: Bag): ServiceError {
  const message = error instanceof Error ? error.message : String(error);
  const metadata = new Metadata();
  if (error instanceof InitFailed) {
    const detail = new ErrorResourceInitFailed();
    detail.setId(error.made.id);
    detail.setProperties(encode(error.made.outputs, inputs?.secrets));
    detail.setInputs(encode(inputs?.values ?? {}, inputs?.secrets));
    detail.setReasonsList([message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const packed = new Status();
    packed.setCode(status.UNKNOWN);
    packed.setMessage(message);
    packed.addDetails(any);
    metadata.set("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
  }
  return Object.assign(new Error(message), { code: status.UNKNOWN, details: message, metadata });
}
