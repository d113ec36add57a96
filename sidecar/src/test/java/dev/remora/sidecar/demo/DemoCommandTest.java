package dev.remora.sidecar.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remora.base.MalformedException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
    @ParameterizedTest
    @CsvSource({
        "10.0.0.1, 10.0.0.1:0",
        "10.0.0.1:8000, 10.0.0.1:8000",
        "::1, [::1]:0",
        "[::1], [::1]:0",
        "[fd00::1]:8000, [fd00::1]:8000",
        "0.0.0.0, 0.0.0.0:0"
    })
    void itsAddressNeedsNoPort(String listen, String address) throws Exception {
        assertThat(DemoCommand.address(listen)).hasToString(address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "10.0.0.1:", "10.0.0.1:99999", "[10.0.0.1", "eth0:80"})
    void whatIsNoAddressIsShown(String listen) {
        assertThatThrownBy(() -> DemoCommand.address(listen))
                .isInstanceOfSatisfying(
                        MalformedException.class,
                        e ->
                                assertThat(e.reason())
                                        .startsWith("--listen=" + listen + " is no address"));
    }

    @Test
    void whereNothingIsSaidItIsThisMachinesInItsOwnNetworkOrTheLoopback() throws Exception {
        assertThat(DemoCommand.address(""))
                .satisfies(address ->
                        assertThat(address.ip().isPrivate() || address.ip().isLoopback()).isTrue())
                .satisfies(address -> assertThat(address.port()).isZero());
    }
}
