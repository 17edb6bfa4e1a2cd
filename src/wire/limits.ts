/**
 * Limits of the wire: what a peer may make us hold or read. They belong to the protocol, so two
 * nodes agree on them; tuning that a user may change lives in the configuration instead.
 */

/** The protocol this code speaks. Raised when an older node could misread a newer one. */
export const PROTOCOL_VERSION = 1;

/** Largest frame of a link that is up: room for a message of 1 MiB and its envelope. */
export const MAX_FRAME_BYTES = 1_114_112;

/** Largest frame before the hello has been accepted: a hello with eight RSA successions, and no more. */
export const MAX_HANDSHAKE_FRAME_BYTES = 20_480;

/** Frames of many advertisements are cut at about this size, so that heartbeats pass in between. */
export const BATCH_BYTES = 65_536;

/** Bytes of a label in UTF-8. */
export const MAX_LABEL_BYTES = 128;

/** Bytes of a network name in UTF-8. */
export const MAX_NETWORK_NAME_BYTES = 256;

/** Addresses that one node may say it can be dialled at. */
export const MAX_ADDRESSES = 8;

/** Characters of an address: a host name of 253, a colon, a port. */
export const MAX_ADDRESS_BYTES = 260;

/** Capabilities in a hello, and the bytes of each. */
export const MAX_CAPABILITIES = 32;
export const MAX_CAPABILITY_BYTES = 32;

/** Bytes of the words that explain a refusal or a close. */
export const MAX_DETAIL_BYTES = 256;

/** Bytes of a public key (SPKI in DER): RSA with 4096 bits takes 550. */
export const MAX_PUBLIC_KEY_BYTES = 1_024;

/** Bytes of a signature: RSA with 4096 bits takes 512. */
export const MAX_SIGNATURE_BYTES = 512;

/** Bytes of a proof that the network key is known: an HMAC-SHA256. */
export const MAX_PROOF_BYTES = 32;

/** Keys that a node may have had before its present one, as far as it tells others. */
export const MAX_SUCCESSIONS = 8;

/** Bytes of a public key for agreeing on secrets: X25519. */
export const SEALING_KEY_BYTES = 32;

/** Links that one advertisement may claim. */
export const MAX_LINKS = 1_024;

/** Bytes of one advertisement: MAX_LINKS links of some 45 bytes, and the rest. */
export const MAX_ADVERTISEMENT_BYTES = 64_000;

/** Entries in one frame that lists the advertisements a node holds. */
export const MAX_INDEX_ENTRIES = 16_384;

/** Highest sequence number that is taken: numbers above it cannot be counted on exactly. */
export const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER - 1;

/** Bytes of a message: of its text in UTF-8, or of its data. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** Bytes of what one envelope holds, unsealed: room for 64 KiB and a little. */
export const MAX_CONTENTS_BYTES = 66_560;

/** Bytes of a letter from one part of a node to the same part of another: it fits in one envelope. */
export const MAX_SERVICE_BYTES = 65_536;

/** Messages, and pieces of them, in one envelope. */
export const MAX_RECORDS = 4_096;

/** Links on the way from one node to another. */
export const MAX_HOPS = 64;

/** Nodes that one answer of the hash table may name: the largest bucket. */
export const MAX_NAMED_NODES = 64;

/** Bytes of a topic's public key, which is Ed25519: 44 as SPKI in DER. */
export const MAX_TOPIC_KEY_BYTES = 44;

/** Bytes of what such a key signs. */
export const MAX_TOPIC_SIGNATURE_BYTES = 64;

/** Bytes of a record of the hash table, as its owner made it. */
export const MAX_RECORD_BYTES = 256;

/** Records at one location: as many of the largest, and named nodes, fit into MAX_SERVICE_BYTES. */
export const MAX_RECORDS_AT_LOCATION = 240;

/** Bytes of a SHA-256 by which one who asks for records names those it has. */
export const RECORD_DIGEST_BYTES = 8;

/** Bytes of a message to a room: with all that goes with it, it fits in one letter. */
export const MAX_ROOM_CONTENT_BYTES = 60_000;

/** Members of one room that a node holds, and that it can list in one letter. */
export const MAX_ROOM_MEMBERS = 1_000;
