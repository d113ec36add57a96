/// What a node and its control server say to each other: register and map messages exactly as they
/// stand in JSON, and the framing of the map stream.
///
/// Records here are read and written by code that avaje-jsonb generates from their annotations. They
/// keep the three states that the protocol tells apart: a member that is absent or `null` is a Java
/// `null`, an empty list is an empty list. What the absence means is decided where messages are
/// folded, in `engine.netmap`. Unknown members are skipped; a wrong type refuses the whole message
/// with [MalformedException][dev.remora.base.MalformedException].
///
/// [ControlJson][dev.remora.proto.control.ControlJson] reads and writes one message,
/// [MapFrames][dev.remora.proto.control.MapFrames] cuts the body of a map response into messages:
///
///     0        4            4+n
///     | n, LE  | zstd or JSON | n, LE | …
///
/// The transport below (Noise, HTTP/2) and the conversation above are left to `io.control`.
@NullMarked
package dev.remora.proto.control;

import org.jspecify.annotations.NullMarked;
