using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Rekey.Local.FunctionsHost.Configuration.Triggers;

namespace Rekey.Local.FunctionsHost.Http;

/// <summary>The host's keys, new with every start. Comparison takes the same time whatever was shown.</summary>
internal sealed class HostKeys(IEnumerable<string> functionNames)
{
    private readonly Dictionary<string, string> functions = functionNames.ToDictionary(
        name => name,
        _ => NewKey(),
        StringComparer.OrdinalIgnoreCase
    );

    public string Master { get; } = NewKey();

    public string Host { get; } = NewKey();

    public string Function(string name) => functions[name];

    public bool Admits(HttpAuthLevel level, string function, string? shown) =>
        level switch
        {
            HttpAuthLevel.Anonymous => true,
            HttpAuthLevel.Function => Is(shown, Function(function)) | Is(shown, Host) | Is(shown, Master),
            _ => AdmitsMaster(shown),
        };

    public bool AdmitsMaster(string? shown) => Is(shown, Master);

    /// <summary>A key of this host, but of any level.</summary>
    public bool Knows(string? shown) => functions.Values.Append(Host).Append(Master).Any(key => Is(shown, key));

    /// <summary>The key of a request: the header, otherwise the query.</summary>
    public static string? Shown(HttpRequest request) =>
        request.Headers["x-functions-key"].FirstOrDefault() ?? request.Query["code"].FirstOrDefault();

    private static string NewKey() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    // Hashing first makes both sides equally long, so that not even the length shows.
    private static bool Is(string? shown, string key) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(shown ?? "")),
            SHA256.HashData(Encoding.UTF8.GetBytes(key))
        );
}
