package dev.remora.sidecar.life;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/// The file as Linux writes it: Documentation/filesystems/proc.rst, section 1.1.
class ReadOnlyMappingTest {
    private static final String CODE =
            "7f0000200000-7f0000300000 r-xp 00200000 08:02 13 /lib/a b.so";
    private static final String NO_COPIES = "Anonymous:             0 kB";
    private static final String COPIES = "Anonymous:           940 kB";

    private static List<ReadOnlyMapping> in(String head, String anonymous) {
        return ReadOnlyMapping.of(
                List.of(head, "Rss:                 892 kB", anonymous, "VmFlags: rd ex mr mw me"));
    }

    @Test
    void isWhereItsFileIsMapped() {
        assertThat(in(CODE, NO_COPIES))
                .containsExactly(new ReadOnlyMapping(0x7f0000200000L, 0x100000, "/lib/a b.so"));
    }

    @Test
    void hasNoPageOfItsOwn() {
        assertThat(in(CODE, COPIES)).isEmpty();
    }

    @Test
    void isNothingThatCanBeWrittenTo() {
        assertThat(in(CODE.replace("r-xp", "rw-p"), NO_COPIES)).isEmpty();
    }

    @Test
    void isOfAFile() {
        assertThat(in("7f0000200000-7f0000300000 r--p 00000000 00:00 0 ", NO_COPIES)).isEmpty();
        assertThat(in("7ffc1000-7ffc2000 r-xp 00000000 00:00 0          [vdso]", NO_COPIES))
                .isEmpty();
    }

    @Test
    void aMappingThatIsNotDroppedDoesNotLendItsCountsToTheNext() {
        List<String> two =
                List.of(
                        CODE.replace("r-xp", "rw-p"),
                        NO_COPIES,
                        "VmFlags: rd wr",
                        CODE,
                        COPIES,
                        "VmFlags: rd ex");

        assertThat(ReadOnlyMapping.of(two)).isEmpty();
    }
}
