using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.Json;
using Rekey.Cli.Tests.Runner;

#pragma warning disable MA0047 // The runtime looks for this name, without a namespace.
/// <summary>
/// Runs in a process of the tool before its <c>Main</c>, by <c>DOTNET_STARTUP_HOOKS</c>, and calls that <c>Main</c> once for every
/// request on standard input: the assemblies, settings and entry point are the tool's own, and only the first command has to warm them.
/// </summary>
internal static partial class StartupHook
{
    public static void Initialize()
    {
        // These are duplicates: descriptors 0, 1 and 2 become those of the commands. The end of the requests ends the process.
        using var requests = new StreamReader(Console.OpenStandardInput());
        using var answers = new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true };
        Environment.SetEnvironmentVariable("DOTNET_STARTUP_HOOKS", null);
        var main = Assembly.GetEntryAssembly()!.EntryPoint!;
        while (requests.ReadLine() is { } line)
        {
            answers.WriteLine(Run(main, JsonSerializer.Deserialize<CommandRequest>(line)!));
        }

        Environment.Exit(0);
    }

    /// <summary>Runs one command. What it throws ends the process, as it does in a process of its own.</summary>
    private static int Run(MethodInfo main, CommandRequest request)
    {
        Redirect(request);
        var before = request.Environment.Keys.ToDictionary(name => name, Environment.GetEnvironmentVariable);
        foreach (var (name, value) in request.Environment)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        var exitCode = (int)main.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [request.Arguments.ToArray()], null)!;
        foreach (var (name, value) in before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        return exitCode;
    }

    /// <summary>Also anew for <see cref="Console"/>, which keeps the writers that it has made.</summary>
    private static void Redirect(CommandRequest request)
    {
        Redirect(request.Input, FileMode.Open, FileAccess.Read, 0);
        Redirect(request.Output, FileMode.Create, FileAccess.Write, 1);
        Redirect(request.Error, FileMode.Create, FileAccess.Write, 2);
        Console.SetIn(new StreamReader(Console.OpenStandardInput()));
        Console.SetOut(new StreamWriter(Console.OpenStandardOutput()) { AutoFlush = true });
        Console.SetError(new StreamWriter(Console.OpenStandardError()) { AutoFlush = true });
    }

    private static void Redirect(string file, FileMode mode, FileAccess access, int descriptor)
    {
        using var handle = File.OpenHandle(file, mode, access, FileShare.ReadWrite);
        if (Duplicate((int)handle.DangerousGetHandle(), descriptor) != descriptor)
        {
            throw new IOException($"Descriptor {descriptor} could not become {file}.");
        }
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Duplicate(int from, int to);
}
