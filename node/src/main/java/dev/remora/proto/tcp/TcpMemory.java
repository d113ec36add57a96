package dev.remora.proto.tcp;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// The budget that connections draw their buffers from; the stack shares it out among all of them. Memory comes in
/// direct chunks of [#CHUNK] bytes and is charged at that size, however few bytes a chunk holds.
public interface TcpMemory {
    /// Bytes in a chunk.
    int CHUNK = 16 * 1024;

    /// A direct, big-endian buffer of [#CHUNK] bytes with any content, or null when the budget is used up: a write then
    /// takes less, a received segment is dropped as if lost.
    @Nullable ByteBuffer take();

    /// The same for bytes that have come. It is refused earlier: who waits until its own answer has been taken reads nothing before, so what is to be
    /// read must never take all that answers need.
    @Nullable ByteBuffer takeToReceive();

    /// Takes a chunk back. Its position and limit do not matter.
    void giveBack(ByteBuffer chunk);

    /// How many bytes of receive window a connection may promise from now on.
    ///
    /// @param current what it promises now
    /// @param wanted what it would like, from the rate at which its owner consumes
    /// @return a size between 0 and `wanted`, less than `current` when memory is short. What was promised already stays
    int receiveQuota(int current, int wanted);

    /// How many bytes a connection may hold for sending.
    ///
    /// @param wanted what it would like, from its congestion window
    /// @return a size between one chunk and `wanted`
    int sendQuota(int wanted);
}
