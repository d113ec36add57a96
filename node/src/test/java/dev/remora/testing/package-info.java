/// What tests of several packages share.
@NullMarked
package dev.remora.testing;

import org.jspecify.annotations.NullMarked;
