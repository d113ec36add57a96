/// Our program among real peers, as its users would run it.
@NullMarked
package dev.remora.lab.interop;

import org.jspecify.annotations.NullMarked;
