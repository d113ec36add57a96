/// One TCP connection as a machine: segments in, segments out, time as an argument.
///
/// [TcpConnection] is the front door. Whoever owns connections (the stack, `engine.netstack`) finds the connection of an
/// arriving packet, parses the packet with [TcpSegment], calls `onSegment` for each of a batch and `endOfBatch` once;
/// acknowledgements, loss decisions and sending happen there. Outputs go to [TcpOut].
///
/// RFC 9293 with 5961 (blind attacks), 7323 (timestamps, window scaling), 2018 and 2883 (SACK, D-SACK),
/// 8985 (RACK-TLP), 6298 and 5682 (RTO, F-RTO), 9937 (PRR), 9438 and 9406 (CUBIC, HyStart++), 6528 (initial
/// sequence numbers).
///
/// Inside, sequence numbers are 64-bit offsets that start at 0 with the SYN ([Seq]), so that nothing wraps; they become
/// 32-bit numbers only where a segment is read or written.
///
///     TcpConnection ── Handshake, Ending                      how it begins and ends
///         ├── Halves ─── InputCheck, ChallengeLimit           may this segment be used?
///         ├── Receiver ── ReceiveQueue, Ranges                what came
///         │              ReceiveWindow, AckPolicy             what we promise, when we say so
///         └── Sender ─── SendQueue, SendRecords               what goes, what is in flight
///                        Rack, TailProbe, SpuriousCheck, Prr  what is lost, what to do about it
///                        RttEstimator, CongestionControl, Pacer
///                        SendTimers                           what to wait for
///
/// Over a relay ([PathKind]) a connection is more patient and keeps less in flight.
///
/// Left to others: finding the connection of a packet, listeners and half-open limits, ports, TIME-WAIT tables, memory
/// budgets, ICMP parsing.
@NullMarked
package dev.remora.proto.tcp;

import org.jspecify.annotations.NullMarked;
