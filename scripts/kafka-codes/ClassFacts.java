import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import javassist.bytecode.AccessFlag;
import javassist.bytecode.BadBytecode;
import javassist.bytecode.BootstrapMethodsAttribute;
import javassist.bytecode.ClassFile;
import javassist.bytecode.CodeAttribute;
import javassist.bytecode.CodeIterator;
import javassist.bytecode.ConstPool;
import javassist.bytecode.MethodInfo;
import javassist.bytecode.Opcode;
import org.apache.kafka.common.protocol.Errors;

/**
 * Prints what the byte code of the named jars says, a line a fact, for graph.ts: classes and what they extend, methods
 * in the order of their instructions with whom they call, what they create, which lambdas they make, which error codes
 * and API keys they name. A code that is only compared with is none that is answered, and left out.
 */
public class ClassFacts {
  static final String ERRORS = "org.apache.kafka.common.protocol.Errors";
  static final String KEYS = "org.apache.kafka.common.protocol.ApiKeys";

  public static void main(String[] jars) throws Exception {
    for (Errors error : Errors.values()) {
      if (error.exception() != null) line("exception", error.exception().getClass().getName(), error.name());
    }
    for (String jar : jars) {
      try (JarFile file = new JarFile(Path.of(jar).toFile())) {
        for (JarEntry entry : (Iterable<JarEntry>) file.stream()::iterator) {
          if (entry.getName().endsWith(".class")) read(file.getInputStream(entry));
        }
      }
    }
  }

  static void read(InputStream from) throws IOException, BadBytecode {
    try (DataInputStream stream = new DataInputStream(from)) {
      ClassFile file = new ClassFile(stream);
      line("class", file.getName(), file.getSuperclass(), String.join(",", file.getInterfaces()));
      for (MethodInfo method : (List<MethodInfo>) file.getMethods()) {
        boolean open = (method.getAccessFlags() & AccessFlag.ABSTRACT) != 0;
        line(open ? "abstract" : "method", method.getName() + method.getDescriptor());
        if (method.getCodeAttribute() != null) code(file, method.getCodeAttribute());
      }
    }
  }

  static void code(ClassFile file, CodeAttribute code) throws BadBytecode {
    ConstPool pool = file.getConstPool();
    CodeIterator at = code.iterator();
    while (at.hasNext()) {
      int index = at.next();
      int operand = index + 2 < at.getCodeLength() ? at.u16bitAt(index + 1) : 0;
      switch (at.byteAt(index)) {
        case Opcode.GETSTATIC -> {
          String owner = pool.getFieldrefClassName(operand);
          if (owner.equals(KEYS)) line("key", pool.getFieldrefName(operand));
          if (owner.equals(ERRORS) && !compared(at, pool)) line("error", pool.getFieldrefName(operand));
        }
        case Opcode.NEW -> ours("new", pool.getClassInfo(operand), "");
        case Opcode.INVOKEVIRTUAL -> ours("virtual", pool.getMethodrefClassName(operand), method(pool, operand));
        case Opcode.INVOKEINTERFACE ->
            ours("virtual", pool.getInterfaceMethodrefClassName(operand), interfaceMethod(pool, operand));
        case Opcode.INVOKESPECIAL, Opcode.INVOKESTATIC -> {
          if (pool.getTag(operand) == ConstPool.CONST_InterfaceMethodref)
            ours("exact", pool.getInterfaceMethodrefClassName(operand), interfaceMethod(pool, operand));
          else ours("exact", pool.getMethodrefClassName(operand), method(pool, operand));
        }
        case Opcode.INVOKEDYNAMIC -> lambda(file, pool, operand);
        default -> { }
      }
    }
  }

  static String method(ConstPool pool, int index) {
    return pool.getMethodrefName(index) + pool.getMethodrefType(index);
  }

  static String interfaceMethod(ConstPool pool, int index) {
    return pool.getInterfaceMethodrefName(index) + pool.getInterfaceMethodrefType(index);
  }

  /** The bodies that a lambda or a method reference stands for. */
  static void lambda(ClassFile file, ConstPool pool, int index) {
    BootstrapMethodsAttribute table = (BootstrapMethodsAttribute) file.getAttribute(BootstrapMethodsAttribute.tag);
    for (int argument : table.getMethods()[pool.getInvokeDynamicBootstrap(index)].arguments) {
      if (pool.getTag(argument) != ConstPool.CONST_MethodHandle) continue;
      int body = pool.getMethodHandleIndex(argument);
      boolean ofInterface = pool.getTag(body) == ConstPool.CONST_InterfaceMethodref;
      String owner = ofInterface ? pool.getInterfaceMethodrefClassName(body) : pool.getMethodrefClassName(body);
      switch (pool.getMethodHandleKind(argument)) {
        case ConstPool.REF_newInvokeSpecial -> {
          ours("new", owner, "");
          ours("exact", owner, method(pool, body));
        }
        case ConstPool.REF_invokeStatic, ConstPool.REF_invokeSpecial ->
            ours("exact", owner, ofInterface ? interfaceMethod(pool, body) : method(pool, body));
        case ConstPool.REF_invokeVirtual, ConstPool.REF_invokeInterface ->
            ours("virtual", owner, ofInterface ? interfaceMethod(pool, body) : method(pool, body));
        default -> { }
      }
    }
  }

  /** Whether the value just pushed is only compared: `==` in Java, `==` and `case` in Scala. */
  static boolean compared(CodeIterator code, ConstPool pool) throws BadBytecode {
    CodeIterator at = code.get().iterator();
    at.move(code.lookAhead());
    boolean stored = false;
    boolean doubled = false;
    for (int step = 0; step < 4 && at.hasNext(); step++) {
      int index = at.next();
      int op = at.byteAt(index);
      if (op == Opcode.IF_ACMPEQ || op == Opcode.IF_ACMPNE || op == Opcode.IF_ICMPEQ || op == Opcode.IF_ICMPNE)
        return true;
      if (op == Opcode.INVOKEVIRTUAL) {
        String called = pool.getMethodrefName(at.u16bitAt(index + 1));
        if (called.equals("equals")) return true;
        if (!called.equals("code")) return false;
      } else if (op == Opcode.ASTORE || op >= Opcode.ASTORE_0 && op <= Opcode.ASTORE_3) stored = true;
      else if (op == Opcode.IFNONNULL) return stored && doubled;
      else if (op == Opcode.DUP) doubled = true;
      else if (op != Opcode.ALOAD && !(op >= Opcode.ALOAD_0 && op <= Opcode.ALOAD_3)) return false;
    }
    return false;
  }

  static void ours(String kind, String owner, String method) {
    boolean function = owner.startsWith("java.util.function.") && kind.equals("virtual");
    if (function || owner.startsWith("kafka.") || owner.startsWith("org.apache.kafka.")) line(kind, owner, method);
  }

  static void line(String... cells) {
    System.out.println(String.join("\t", cells));
  }
}
