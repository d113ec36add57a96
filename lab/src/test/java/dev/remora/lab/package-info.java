/// Tests against real programs, in networks made of Linux namespaces.
@NullMarked
package dev.remora.lab;

import org.jspecify.annotations.NullMarked;
