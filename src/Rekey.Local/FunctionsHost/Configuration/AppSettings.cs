using System.Text.RegularExpressions;

namespace Rekey.Local.FunctionsHost.Configuration;

/// <summary>
/// App settings over the environment, as the host sees them: <c>:</c> and <c>__</c> are one separator, case does not count.
/// </summary>
internal sealed partial class AppSettings(IReadOnlyDictionary<string, string> settings, Func<string, string?>? environment = null)
{
    private readonly Dictionary<string, string> own = settings.ToDictionary(
        pair => Normal(pair.Key),
        pair => pair.Value,
        StringComparer.OrdinalIgnoreCase
    );
    private readonly Func<string, string?> environment = environment ?? Environment.GetEnvironmentVariable;

    public string? Find(string name) => own.TryGetValue(Normal(name), out var value) ? value : environment(Normal(name));

    public bool IsTrue(string name) =>
        Find(name) is { } value && (value == "1" || value.Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>A connection by name; the name with <c>AzureWebJobs</c> before it wins, as in the WebJobs SDK.</summary>
    public string? ConnectionString(string name) =>
        new[] { Find("AzureWebJobs" + name), Find(name) }.FirstOrDefault(value => !string.IsNullOrEmpty(value));

    /// <summary>Replaces every <c>%NAME%</c>; a name without a setting is a mistake.</summary>
    public string Expand(string text, Action<string> mistake) =>
        Placeholder()
            .Replace(text, match =>
            {
                var value = Find(match.Groups["name"].Value);
                if (value is null)
                {
                    mistake($"the setting {match.Groups["name"].Value} named by '{text}' is missing");
                }

                return value ?? match.Value;
            });

    private static string Normal(string name) => name.Replace(":", "__", StringComparison.Ordinal);

    [GeneratedRegex("%(?<name>[^%]+)%", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
