package dev.remora.crypto;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.List;
import java.util.Optional;

/// The few functions of OpenSSL's libcrypto that we call, each under its manual page's name.
///
/// Pointers are passed as 64-bit integers, which every 64-bit ABI hands over in the same registers: so an address taken
/// from a direct buffer needs no object around it. Ordinary calls, not `critical` ones: they measured faster here, and
/// they never hold up the garbage collector.
///
/// Without the library, initialising this class fails with a [LinkageError].
@SuppressWarnings("restricted") // calling a foreign library is what this class is for
final class Libcrypto {
    static final int EVP_CTRL_AEAD_GET_TAG = 0x10;
    static final int EVP_CTRL_AEAD_SET_TAG = 0x11;

    private static final int OPENSSL_VERSION = 0;
    private static final List<String> FILES =
            List.of(
                    "libcrypto.so.3",
                    "libcrypto.so.1.1",
                    "/opt/homebrew/opt/openssl@3/lib/libcrypto.3.dylib",
                    "/usr/local/opt/openssl@3/lib/libcrypto.3.dylib");

    private static final SymbolLookup LIBRARY = open();
    private static final MemorySegment CTX_NEW = function("EVP_CIPHER_CTX_new");
    private static final MemorySegment CTX_FREE = function("EVP_CIPHER_CTX_free");
    private static final MemorySegment CHACHA20_POLY1305 = function("EVP_chacha20_poly1305");
    private static final MemorySegment CIPHER_INIT = function("EVP_CipherInit_ex");
    private static final MemorySegment CIPHER_UPDATE = function("EVP_CipherUpdate");
    private static final MemorySegment CIPHER_FINAL = function("EVP_CipherFinal_ex");
    private static final MemorySegment CTX_CTRL = function("EVP_CIPHER_CTX_ctrl");
    private static final MemorySegment VERSION = function("OpenSSL_version");

    /// Calls any of them. Each further shape of call costs a start some 20 ms, so there is one: the 64-bit ABIs hand over six integers in registers,
    /// and a function does not look at those it has no parameter for.
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG, JAVA_LONG));

    private Libcrypto() {}

    /// `EVP_CIPHER_CTX *EVP_CIPHER_CTX_new(void)`, 0 without memory.
    static long newContext() {
        return call(CTX_NEW, 0, 0, 0, 0, 0, 0);
    }

    /// `void EVP_CIPHER_CTX_free(EVP_CIPHER_CTX *)`: also overwrites the key.
    static void freeContext(long context) {
        call(CTX_FREE, context, 0, 0, 0, 0, 0);
    }

    /// `const EVP_CIPHER *EVP_chacha20_poly1305(void)`, 0 if left out of the library.
    static long chacha20Poly1305() {
        return call(CHACHA20_POLY1305, 0, 0, 0, 0, 0, 0);
    }

    /// `EVP_CipherInit_ex(ctx, type, NULL, key, iv, enc)`: a zero leaves type, key or nonce as they are, and `enc` -1 the
    /// direction. 1 if it worked.
    static int init(long context, long type, long key, long nonce, int encrypt) {
        return (int) call(CIPHER_INIT, context, type, 0, key, nonce, encrypt);
    }

    /// `EVP_CipherUpdate(ctx, out, outl, in, inl)`; with `out` 0 the input is only authenticated. 1 if it worked.
    static int update(long context, long out, long outLength, long in, int inLength) {
        return (int) call(CIPHER_UPDATE, context, out, outLength, in, inLength, 0);
    }

    /// `EVP_CipherFinal_ex(ctx, out, outl)`: 1 if it worked, 0 when the tag does not fit.
    static int finish(long context, long out, long outLength) {
        return (int) call(CIPHER_FINAL, context, out, outLength, 0, 0, 0);
    }

    /// `EVP_CIPHER_CTX_ctrl(ctx, type, arg, ptr)`. 1 if it worked.
    static int control(long context, int type, int argument, long pointer) {
        return (int) call(CTX_CTRL, context, type, argument, pointer, 0, 0);
    }

    /// `const char *OpenSSL_version(OPENSSL_VERSION)`.
    static String version() {
        long text = call(VERSION, OPENSSL_VERSION, 0, 0, 0, 0, 0);
        return MemorySegment.ofAddress(text).reinterpret(256).getString(0);
    }

    private static long call(
            MemorySegment function, long a, long b, long c, long d, long e, long f) {
        try {
            return (long) CALL.invokeExact(function, a, b, c, d, e, f);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    private static SymbolLookup open() {
        return FILES.stream()
                .map(Libcrypto::open)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new UnsatisfiedLinkError("not found"));
    }

    private static Optional<SymbolLookup> open(String file) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(file, Arena.global()));
        } catch (IllegalArgumentException notThere) {
            return Optional.empty();
        }
    }

    private static MemorySegment function(String name) {
        return LIBRARY.find(name).orElseThrow(() -> new UnsatisfiedLinkError(name + " is missing"));
    }

    /// A downcall throws nothing of its own; what comes out of it is an error of the virtual machine.
    private static RuntimeException unexpected(Throwable e) {
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(e);
    }
}
