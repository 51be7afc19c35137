using System.Reflection;

namespace Rekey.Detections;

/// <summary>The texts that are embedded in this build.</summary>
internal static class EmbeddedText
{
    /// <summary>Their names, with a slash between folders.</summary>
    public static IEnumerable<string> Names => Assembly.GetExecutingAssembly().GetManifestResourceNames().Select(Slashed);

    /// <summary>Finds a text by its name; null if there is none.</summary>
    public static string? Find(string name)
    {
        // MSBuild keeps the path separator of the build machine.
        var assembly = Assembly.GetExecutingAssembly();
        if (assembly.GetManifestResourceNames().FirstOrDefault(n => Slashed(n) == name) is not { } found)
        {
            return null;
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(found)!);
        return reader.ReadToEnd();
    }

    private static string Slashed(string name) => name.Replace('\\', '/');
}
