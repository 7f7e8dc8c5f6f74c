import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The process that runs the cases of clients which lack most of what Cases.java uses; the protocol is the same. The
 * arguments are the client's version, then classes that put their cases into CASES.
 */
public class OldCases {
    interface Body {
        void run(String bootstrap) throws Exception;
    }

    static final Map<String, Body> CASES = new LinkedHashMap<>();
    static String version;
    private static final PrintStream OUT = System.out;
    private static final AtomicInteger COUNT = new AtomicInteger();

    static String unique(String what) {
        return what + "-old-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
    }

    static void check(Object expected, Object actual, String what) {
        if (!java.util.Objects.equals(expected, actual)) {
            throw new AssertionError(what + ": expected " + expected + ", got " + actual);
        }
    }

    private static String json(String text) {
        return text.chars().mapToObj(one -> one < 32 || one == '"' || one == '\\' || one > 126
            ? String.format("\\u%04x", one) : String.valueOf((char) one)).collect(Collectors.joining("", "\"", "\""));
    }

    private static String json(Collection<String> texts) {
        return texts.stream().map(OldCases::json).collect(Collectors.joining(",", "[", "]"));
    }

    private static String run(String bootstrap, String name) {
        try {
            CASES.get(name).run(bootstrap);
            return "\"ok\":true";
        } catch (Throwable error) {
            StringWriter trace = new StringWriter();
            error.printStackTrace(new PrintWriter(trace));
            return "\"ok\":false,\"error\":" + json(trace.toString());
        }
    }

    public static void main(String[] arguments) throws Exception {
        version = arguments[0];
        for (int at = 1; at < arguments.length; at++) Class.forName(arguments[at]);
        OUT.println("{\"cases\":" + json(CASES.keySet()) + "}");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] parts = line.split("\t", 2);
            OUT.println("{\"case\":" + json(parts[1]) + "," + run(parts[0], parts[1]) + "}");
        }
    }
}
