using System.Reflection;

namespace Rekey.Cli.Commands;

/// <summary>The tool's version, without the commit.</summary>
internal static class ToolVersion
{
    public static string Text { get; } =
        (typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split(
            '+'
        )[0];
}
