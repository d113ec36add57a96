/// What the control server keeps: users, nodes and what belongs to a node. Values only, each change makes the next one.
@NullMarked
package dev.remora.server.model;

import org.jspecify.annotations.NullMarked;
