/// The first of our code that runs, for a program that is called by many names.
///
/// The launchers in `sidecar/src/main/image` hand over the name as the first argument: [dev.remora.sidecar.launch.Launch] says what it stands for.
@NullMarked
package dev.remora.sidecar.launch;

import org.jspecify.annotations.NullMarked;
