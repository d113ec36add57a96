package dev.remora.proto.wireguard;

/// Why a datagram went no further, or a packet of ours never left.
public enum DropReason {
    TOO_SHORT("shorter than any message"),
    UNKNOWN_TYPE("unknown message type"),
    WRONG_LENGTH("message of a wrong length"),
    WRONG_MAC1("not meant for our key"),
    COOKIE_DEMANDED("under load, cookie demanded"),
    RATE_LIMITED("too many handshakes from one source"),
    BAD_HANDSHAKE("handshake does not open"),
    UNKNOWN_PEER("handshake of an unknown peer"),
    OLD_INITIATION("initiation repeated or out of date"),
    FREQUENT_INITIATION("initiation too soon after the last"),
    UNKNOWN_INDEX("no such session or handshake"),
    BAD_COOKIE("cookie reply does not open"),
    EXPIRED_SESSION("session expired"),
    FORGED("packet does not open"),
    REPLAYED("packet repeated or too late"),
    BAD_INNER_PACKET("inner packet is not IP"),
    UNUSABLE_KEY("peer's key is of low order"),
    STAGED_TOO_MANY("too many packets wait for a handshake"),
    NO_ANSWER("peer did not answer the handshake"),
    FORGOTTEN("peer is gone");

    private final String words;

    DropReason(String words) {
        this.words = words;
    }

    /// In words that fit behind "dropped: ".
    public String words() {
        return words;
    }
}
