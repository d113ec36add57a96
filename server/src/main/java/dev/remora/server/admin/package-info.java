/// How people tell a running server what to do, without a network: requests over a Unix socket in its state directory,
/// which only its owner can open.
///
///     POST /admin/users/create {"name":"alice"}  →  200 {"id":1,"name":"alice",…}
///                                               →  400 {"error":"one sentence"}
///
/// Names and shapes of what is answered are those that scripts know from headscale's `--output json`. Nothing is decided
/// here: every change is one call of [dev.remora.server.tailnet.Tailnet].
@NullMarked
package dev.remora.server.admin;

import org.jspecify.annotations.NullMarked;
