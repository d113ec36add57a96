/// Files we keep: one JSON object on disk that survives `kill -9`, a full disk and a second daemon.
@NullMarked
package dev.remora.io.state;

import org.jspecify.annotations.NullMarked;
