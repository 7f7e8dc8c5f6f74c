import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarFile;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.protocol.types.BoundField;
import org.apache.kafka.common.protocol.types.Schema;
import org.apache.kafka.common.protocol.types.TaggedFields;
import org.apache.kafka.common.protocol.types.Type;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

/**
 * Prints every message of Kafka in every version as Kafka writes it, one a line: name, version, pattern, bytes, and for
 * the pattern `full` what Kafka's own converter says the message holds. The same lines at each run.
 */
public class GoldenFrames {
    private static final List<String> PATTERNS = List.of("empty", "full", "null", "any1", "any2");

    private static final String MESSAGES =
        "org/apache/kafka/(common/(message|metadata)|coordinator/.*/generated)/[A-Za-z0-9]+\\.class";

    private final Random random;
    private final String pattern;
    private final int version;

    private GoldenFrames(String name, int version, String pattern) {
        this.random = new Random((name + version + pattern).hashCode());
        this.pattern = pattern;
        this.version = version;
    }

    /** The arguments, if any, are the names and versions to print: "ProduceRequest 2". */
    public static void main(String[] args) throws Exception {
        Set<String> wanted = Set.of(args);
        TreeMap<String, Class<?>> messages = new TreeMap<>();
        for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
            try (JarFile jar = new JarFile(path)) {
                jar.stream().map(entry -> entry.getName())
                    .filter(name -> name.matches(MESSAGES))
                    .forEach(name -> {
                        Class<?> found = load(name.replace('/', '.').replaceAll("\\.class$", ""));
                        boolean isMessage = ApiMessage.class.isAssignableFrom(found) && !found.isInterface();
                        if (isMessage) messages.put(messageName(found), found);
                    });
            }
        }
        StringBuilder out = new StringBuilder();
        for (var each : messages.entrySet()) {
            ApiMessage sample = (ApiMessage) each.getValue().getDeclaredConstructor().newInstance();
            int last = sample.highestSupportedVersion();
            for (int version = sample.lowestSupportedVersion(); version <= last; version++) {
                if (!wanted.isEmpty() && !wanted.contains(each.getKey() + " " + version)) continue;
                for (String pattern : PATTERNS) print(out, each.getKey(), each.getValue(), version, pattern);
            }
        }
        System.out.write(out.toString().getBytes("UTF-8"));
        System.out.flush();
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The name in Kafka's definitions; the class of a request, response or header has "Data" behind it. */
    private static String messageName(Class<?> found) {
        return found.getSimpleName().replaceAll("(Request|Response|Header)Data$", "$1");
    }

    private static void print(StringBuilder out, String name, Class<?> type, int version, String pattern)
            throws Exception {
        ApiMessage message = (ApiMessage) type.getDeclaredConstructor().newInstance();
        new GoldenFrames(name, version, pattern).fill(message);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(message.size(cache, (short) version));
        message.write(new ByteBufferAccessor(bytes), cache, (short) version);
        if (bytes.hasRemaining()) throw new IllegalStateException(name + ": size and bytes differ");
        out.append(name).append(' ').append(version).append(' ').append(pattern).append(' ')
            .append(Base64.getEncoder().encodeToString(bytes.array()));
        if (pattern.equals("full")) out.append(' ').append(json(type, message, version));
        out.append('\n');
    }

    private static JsonNode json(Class<?> type, ApiMessage message, int version) throws Exception {
        Class<?> converter = Class.forName(type.getName() + "JsonConverter");
        Method write = converter.getMethod("write", type, short.class, boolean.class);
        return (JsonNode) write.invoke(null, message, (short) version, false);
    }

    /** Sets what the version has; the rest keeps its declared value. */
    private void fill(Message struct) throws Exception {
        Schema[] schemas = (Schema[]) struct.getClass().getField("SCHEMAS").get(null);
        for (BoundField bound : schemas[version].fields()) {
            if (bound.def.type instanceof TaggedFields tagged) {
                for (var field : tagged.fields().values()) {
                    if (!pattern.startsWith("any") || random.nextBoolean()) set(struct, field.name, field.type);
                }
            } else set(struct, bound.def.name, bound.def.type);
        }
    }

    private void set(Message struct, String name, Type type) throws Exception {
        for (Field field : struct.getClass().getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) continue;
            if (!field.getName().equalsIgnoreCase(name.replace("_", ""))) continue;
            if (pattern.equals("empty") && !lacksDefault(struct, field, type)) return;
            for (Method setter : struct.getClass().getMethods()) {
                if (setter.getParameterCount() != 1) continue;
                if (!setter.getName().equalsIgnoreCase("set" + field.getName())) continue;
                java.lang.reflect.Type generic = setter.getGenericParameterTypes()[0];
                setter.invoke(struct, value(field.getName(), setter.getParameterTypes()[0], generic, type));
                return;
            }
        }
        throw new IllegalStateException(struct.getClass() + " has no " + name);
    }

    /** Whether the declared value cannot be written: null where the version needs one. */
    private static boolean lacksDefault(Message struct, Field field, Type type) throws Exception {
        field.setAccessible(true);
        return field.get(struct) == null && !type.isNullable();
    }

    private Object value(String name, Class<?> held, java.lang.reflect.Type generic, Type type) throws Exception {
        boolean any = pattern.startsWith("any");
        if (type.isNullable() && (pattern.equals("null") || any && random.nextInt(4) == 0)) return null;
        if (held == boolean.class) return pattern.equals("full") || any && random.nextBoolean();
        if (held == byte.class || held == Byte.class) return (byte) number(name, 8);
        if (held == short.class || held == Short.class) return (short) number(name, 16);
        if (type == Type.UINT16) return (int) number(name, 16) & 0xffff;
        if (type == Type.UNSIGNED_INT32) return number(name, 32) & 0xffffffffL;
        if (held == int.class || held == Integer.class) return (int) number(name, 32);
        if (held == long.class || held == Long.class) return number(name, 64);
        if (held == double.class) return random.nextDouble() * 1e6;
        if (held == Uuid.class) return new Uuid(random.nextLong(), random.nextLong());
        if (held == String.class) return text();
        if (held == byte[].class) return bytes();
        if (held == ByteBuffer.class) return ByteBuffer.wrap(bytes());
        if (held == BaseRecords.class) return MemoryRecords.readableRecords(ByteBuffer.wrap(bytes()));
        if (Collection.class.isAssignableFrom(held)) return list(name, held, generic, type.arrayElementType().get());
        Message struct = (Message) held.getDeclaredConstructor().newInstance();
        fill(struct);
        return struct;
    }

    /** Whole range and small ones; positions in a partition stay where a number is exact, or are 2^63-1. */
    private long number(String name, int bits) {
        if (pattern.equals("null")) return 0;
        if (pattern.equals("full")) return 1 + random.nextInt(100);
        long any = random.nextInt(3) == 0 ? random.nextInt(200) - 100 : random.nextLong() >> (64 - bits);
        boolean position = bits == 64 && name.matches("(?i).*(offset|watermark)");
        if (!position) return any;
        return random.nextInt(5) == 0 ? Long.MAX_VALUE : random.nextInt(5) == 0 ? 1L << 53 : any >> 11;
    }

    private String text() {
        if (pattern.equals("null")) return "";
        if (pattern.equals("full")) return "text-" + random.nextInt(1000);
        String alphabet = "abcdefghijklmnopqrstuvwxyz\u00e9\u4e16\ud83d\ude00";
        StringBuilder text = new StringBuilder();
        for (int left = random.nextInt(10) == 0 ? 200 : random.nextInt(12); left > 0; left--) {
            text.appendCodePoint(alphabet.codePointAt(alphabet.offsetByCodePoints(0, random.nextInt(29))));
        }
        return text.toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[pattern.equals("null") ? 0 : random.nextInt(10) == 0 ? 150 : 1 + random.nextInt(20)];
        random.nextBytes(bytes);
        return bytes;
    }

    @SuppressWarnings("unchecked")
    private Object list(String name, Class<?> held, java.lang.reflect.Type generic, Type of) throws Exception {
        Collection<Object> list = new ArrayList<>();
        if (held != List.class) list = (Collection<Object>) held.getDeclaredConstructor().newInstance();
        java.lang.reflect.Type parameterised = held == List.class ? generic : held.getGenericSuperclass();
        Class<?> element = (Class<?>) ((ParameterizedType) parameterised).getActualTypeArguments()[0];
        boolean scalar = !Message.class.isAssignableFrom(element);
        int many = scalar && random.nextInt(10) == 0 ? 140 : random.nextInt(4);
        int count = pattern.equals("null") ? 1 : pattern.equals("full") ? 2 : many;
        for (int i = 0; i < count; i++) list.add(value(name, element, element, of));
        return list;
    }
}
