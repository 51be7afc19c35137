using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.IdentityModel.JsonWebTokens;
using Rekey.Blocking.Publishing;
using Rekey.Compliance;
using Rekey.Local.KeyVault.Server;
using Rekey.Trust.Documents;

namespace Rekey.EndToEnd.Tests.Support;

/// <summary>Looks for secrets in texts, however they may have been written down, and for whole tokens and private keys of whatever
/// origin.</summary>
internal sealed partial class SecretSearch
{
    private readonly List<(string Name, string Form)> _forms = [];

    /// <summary>A secret text: as it is, in Base64 and in hex.</summary>
    public void Add(string name, string secret)
    {
        _forms.Add((name, secret));
        AddBytes(name, Encoding.UTF8.GetBytes(secret));
    }

    /// <summary>Secret bytes: in hex, and in Base64 wherever in a longer text they begin.</summary>
    public void AddBytes(string name, byte[] secret)
    {
        _forms.Add((name, Convert.ToHexString(secret)));
        _forms.Add((name, Convert.ToHexStringLower(secret)));
        for (var before = 0; before < 3; before++)
        {
            // What stands before and behind changes the first and the last characters; those in between are always the same.
            var encoded = Convert.ToBase64String([.. new byte[before], .. secret])[(before == 0 ? 0 : 4)..].TrimEnd('=')[..^1];
            _forms.Add((name, encoded));
            _forms.Add((name, encoded.Replace('+', '-').Replace('/', '_')));
        }
    }

    /// <summary>The private keys of every version that a key has.</summary>
    public void AddPrivateKeys(KeyVaultServer vault, string name)
    {
        foreach (var version in vault.VersionsOf(name))
        {
            using var pair = vault.ExportPrivateKey(name, version);
            AddBytes(
                $"private key {name}/{version}",
                pair is ECDsa ec
                    ? ec.ExportParameters(includePrivateParameters: true).D!
                    : ((RSA)pair).ExportParameters(includePrivateParameters: true).D!
            );
        }
    }

    /// <summary>Each secret that stands somewhere, as place and name.</summary>
    public IReadOnlyList<string> In(IEnumerable<StoredText> texts) =>
        [.. texts.SelectMany(t => In(t.Text).Select(name => $"{t.Place}: {name}")).Distinct(StringComparer.Ordinal)];

    private IEnumerable<string> In(string text)
    {
        // JSON writes some characters as escapes, and an envelope writes a JSON text into a string.
        var plain = Escape()
            .Replace(text.Replace(@"\\u", @"\u", StringComparison.Ordinal), m => $"{(char)Convert.ToInt32(m.Groups["code"].Value, 16)}");
        return _forms
            .Where(f => text.Contains(f.Form, StringComparison.Ordinal) || plain.Contains(f.Form, StringComparison.Ordinal))
            .Select(f => f.Name)
            .Concat(Token().Matches(plain).Where(m => !IsDocument(m.Value)).Select(_ => "a whole token"))
            .Concat(PrivateKey().IsMatch(plain) ? ["a private key"] : []);
    }

    /// <summary>Rekey's own published documents are signed like tokens, and say by their type that they are none.</summary>
    private static bool IsDocument(string token)
    {
        try
        {
            return new JsonWebToken(token).Typ is TrustDocuments.TrustListType or LedgerCheckpoint.Type or BlockDocuments.Type;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{16,}", RegexOptions.NonBacktracking)]
    private static partial Regex Token();

    [GeneratedRegex(
        """PRIVATE[ ]KEY-----|"d"\s*:\s*"|"p"\s*:\s*"|"dp"\s*:\s*" """,
        RegexOptions.NonBacktracking | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex PrivateKey();

    [GeneratedRegex(@"\\u(?<code>[0-9a-fA-F]{4})", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Escape();
}
