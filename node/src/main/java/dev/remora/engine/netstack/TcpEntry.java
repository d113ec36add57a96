package dev.remora.engine.netstack;

/// What a TCP segment may belong to.
sealed interface TcpEntry extends FlowTable.Entry permits TcpStream, ConnectRequest {}
