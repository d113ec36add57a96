package dev.remora.node;

import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The options of a tailnet stream: how it ends, besides those of every channel.
final class StreamChannelConfig extends DefaultChannelConfig {
    private boolean allowHalfClosure;
    private int linger = -1;

    StreamChannelConfig(StreamChannel channel) {
        super(channel);
    }

    /// Whether the end of input leaves the channel open.
    boolean allowsHalfClosure() {
        return allowHalfClosure;
    }

    /// Whether closing is to reset the connection: a linger time of zero, as with sockets.
    boolean closesByReset() {
        return linger == 0;
    }

    @Override
    public Map<ChannelOption<?>, Object> getOptions() {
        return getOptions(
                super.getOptions(), ChannelOption.ALLOW_HALF_CLOSURE, ChannelOption.SO_LINGER);
    }

    @Override
    @SuppressWarnings("unchecked") // the option itself says what its value is
    public <T> @Nullable T getOption(ChannelOption<T> option) {
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            return (T) Boolean.valueOf(allowHalfClosure);
        }
        if (option.equals(ChannelOption.SO_LINGER)) {
            return (T) Integer.valueOf(linger);
        }
        return super.getOption(option);
    }

    @Override
    public <T> boolean setOption(ChannelOption<T> option, T value) {
        validate(option, value);
        if (option.equals(ChannelOption.ALLOW_HALF_CLOSURE)) {
            allowHalfClosure = (Boolean) value;
        } else if (option.equals(ChannelOption.SO_LINGER)) {
            linger = (Integer) value;
        } else {
            return super.setOption(option, value);
        }
        return true;
    }

    @Override
    protected void autoReadCleared() {
        ((StreamChannel) channel).stopReading();
    }
}
