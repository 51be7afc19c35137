using System.Text;

namespace Rekey.Trust.Jose;

/// <summary>A JWS in compact form (RFC 7515 §3.1), split into its three parts. Nothing is copied or decoded until it is needed.</summary>
public readonly ref struct CompactJws
{
    private CompactJws(ReadOnlySpan<char> text, int first, int last)
    {
        Header = text[..first];
        Payload = text[(first + 1)..last];
        SigningInput = text[..last];
        Signature = text[(last + 1)..];
    }

    public ReadOnlySpan<char> Header { get; }

    public ReadOnlySpan<char> Payload { get; }

    public ReadOnlySpan<char> Signature { get; }

    /// <summary>The signing input: header and payload with the dot between them.</summary>
    public ReadOnlySpan<char> SigningInput { get; }

    /// <summary>False when it has not three parts.</summary>
    public static bool TrySplit(ReadOnlySpan<char> text, out CompactJws jws)
    {
        var (first, last) = (text.IndexOf('.'), text.LastIndexOf('.'));
        if (first < 0 || first == last || text[(first + 1)..last].Contains('.'))
        {
            jws = default;
            return false;
        }

        jws = new(text, first, last);
        return true;
    }

    /// <summary>The signing input as the bytes that were signed.</summary>
    public byte[] SigningInputBytes()
    {
        var bytes = new byte[SigningInput.Length];
        Encoding.ASCII.GetBytes(SigningInput, bytes);
        return bytes;
    }
}
