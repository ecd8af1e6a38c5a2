package afterhours.test;

/** A server that cannot be used, or a call that it refused. The message says what was wrong and what would be right. */
public final class AfterhoursException extends RuntimeException {
    AfterhoursException(String message, Throwable cause) {
        super(message, cause);
    }
}
