using System.Buffers.Text;
using System.Text.RegularExpressions;

namespace Rekey.Core;

/// <summary>
/// Removes tokens, keys and signatures from text for logs and findings, which repeat messages of callers and of other services. Secrets
/// are recognised by their shape and by the name before them. Removing a harmless word is better than keeping a token.
/// </summary>
public static class Secrets
{
    /// <summary>What stands in the place of a secret.</summary>
    public const string Removed = "(removed)";

    /// <summary>The length of the shortest compact JWS.</summary>
    private const int ShortestToken = 20;

    /// <summary>The length of the shortest signature of a JWS: an HMAC with SHA-256 in base64url.</summary>
    private const int ShortestSignature = 43;

    /// <summary>The value behind a name: up to a blank, a quotation mark or a separator.</summary>
    private const string Value = @"[^\s""'&;,<>\\]";

    /// <summary>Two to five runs of base64url with dots between them, also with dots as an address spells them. Two are what is left of a
    /// token that was cut off.</summary>
    private static readonly Regex Runs = Linear(@"[A-Za-z0-9_-]+(?:(?:\.|%2[eE])[A-Za-z0-9_-]*){1,4}");

    private static readonly Regex Dots = Linear(@"\.|%2[eE]");

    /// <summary>What follows the name of an authentication scheme.</summary>
    private static readonly Regex Credentials = Linear(
        @"(?<name>\b(?:Bearer|Basic|SharedAccessKey|SharedKey)\s+)[A-Za-z0-9._~+/:-]{12,}=*"
    );

    private static readonly (Regex Form, string Replacement)[] Forms =
    [
        (Linear(@"-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"), Removed),
        // The signature of a link, such as a shared access signature of Azure Storage; the function key or the code in an address.
        (Linear($"(?<name>(?:\\bsig|signature|\\bcode)(?:=|%3d)){Value}{{8,}}"), $"${{name}}{Removed}"),
        (Linear($"(?<name>SharedAccessSignature\\s+){Value}+(?:&{Value}+)*"), $"${{name}}{Removed}"),
        // A name that says secret, in a connection string, a header, a form or JSON.
        (
            Linear(
                "(?<name>(?:(?:account|access|shared|private|api|functions?|master|host|rekey|subscription|sas)[_-]?key"
                    + "|pwd|passw(?:or)?d|secret|(?:access|refresh|id|sas)[_-]?token|client[_-]?state|assertion)[a-z0-9_-]{0,40}"
                    + $"(?:=|:\\s*|\\\\?\"\\s*:\\s*\\\\?\"?)){Value}+"
            ),
            $"${{name}}{Removed}"
        ),
        (Linear($"(?<name>token[a-z0-9_-]{{0,40}}(?:=|\\\\?\"\\s*:\\s*\\\\?\"?)){Value}+"), $"${{name}}{Removed}"),
    ];

    /// <summary>Gives the text without its secrets.</summary>
    public static string Without(string text)
    {
        text = WithoutTokens(text);
        foreach (var (form, replacement) in Forms)
        {
            text = form.Replace(text, replacement);
        }

        return text;
    }

    /// <summary>Gives the text without tokens and credentials. The rest stays, also where its names say secret: for lines of logs, which
    /// people compare with the original.</summary>
    public static string WithoutTokens(string text) =>
        Credentials.Replace(Runs.Replace(text, run => WithoutToken(run.Value)), $"${{name}}{Removed}");

    private static string WithoutToken(string runs)
    {
        // The last dot may end the sentence.
        var token = runs.TrimEnd('.');
        return IsToken(token) ? Removed + runs[token.Length..] : runs;
    }

    /// <summary>Whether base64url runs with dots between them are a token (RFC 7515 §3.1, RFC 7516 §3.1): the first is a JSON object,
    /// with white space before it or not, or the last of three is as long as a signature. Host names are neither.</summary>
    private static bool IsToken(string runs)
    {
        var parts = Dots.Split(runs);
        return runs.Length >= ShortestToken && (IsObject(parts[0]) || (parts.Length == 3 && parts[2].Length >= ShortestSignature));
    }

    private static bool IsObject(string part)
    {
        // The beginning suffices, in whole groups of four.
        var begin = part.AsSpan(0, Math.Min(part.Length, 64) / 4 * 4);
        Span<byte> bytes = stackalloc byte[48];
        return Base64Url.TryDecodeFromChars(begin, bytes, out var count) && bytes[..count].TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'{', ..];
    }

    /// <summary>A pattern whose time is linear in the text, which an attacker may have written.</summary>
    private static Regex Linear(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant | RegexOptions.IgnoreCase);
}
