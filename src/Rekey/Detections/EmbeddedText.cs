using System.Reflection;

namespace Rekey.Detections;

/// <summary>Texts that come with this build.</summary>
internal static class EmbeddedText
{
    /// <summary>Their names, with a slash between folders.</summary>
    public static IEnumerable<string> Names => Assembly.GetExecutingAssembly().GetManifestResourceNames().Select(Slashed);

    /// <summary>One of them; null when there is none of that name.</summary>
    public static string? Find(string name)
    {
        // MSBuild keeps the separator of the machine that built it.
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
