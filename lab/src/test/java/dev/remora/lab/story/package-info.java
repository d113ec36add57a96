/// The same words said to two running control servers, a real headscale and ours, by a client that keeps every answer as it stood
/// there. What clients know after each step is compared member by member with what the server's own tests have for recorded stories.
@NullMarked
package dev.remora.lab.story;

import org.jspecify.annotations.NullMarked;
