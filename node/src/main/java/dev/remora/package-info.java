/// A tailnet node as a library: the front door for those who embed it.
///
/// Nothing below this package is promised to stay as it is.
@NullMarked
package dev.remora;

import org.jspecify.annotations.NullMarked;
