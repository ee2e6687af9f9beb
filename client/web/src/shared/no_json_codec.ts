// Stands in for protobuf's JSON codec in the built pages, which speak binary only.
function absent(): never {
  throw new Error('the JSON form of messages is not part of this page');
}

export const fromJson = absent;
export const fromJsonString = absent;
export const mergeFromJson = absent;
export const mergeFromJsonString = absent;
export const enumFromJson = absent;
export const isEnumJson = absent;
export const toJson = absent;
export const toJsonString = absent;
export const enumToJson = absent;
