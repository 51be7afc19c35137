using System.Buffers;
using System.Net;
using System.Net.Sockets;

namespace Rekey.DuckDb.Intake.Forms;

/// <summary>
/// The address of a client as logs write it: with a port, in brackets, with a zone, IPv4 inside IPv6, in the list of
/// <c>X-Forwarded-For</c> or in the elements of <c>Forwarded</c> (RFC 7239). The first of a list is the client.
/// </summary>
internal static class ClientAddress
{
    private static readonly SearchValues<char> Parts = SearchValues.Create("0123456789abcdefABCDEF:.");

    /// <summary>Returns the address: IPv4 in four decimal parts, IPv6 shortened in small letters. Null for <c>-</c>, <c>unknown</c>,
    /// identifiers such as <c>_hidden</c>, and everything else that is no address.</summary>
    public static string? Parse(string text)
    {
        var first = Before(text, ',');
        if (first.Contains('='))
        {
            first = For(first);
        }

        var bare = Before(WithoutPort(first.Trim(" \t\"")), '%');
        if (!IPAddress.TryParse(bare, out var address))
        {
            return null;
        }

        if (address.AddressFamily is AddressFamily.InterNetwork)
        {
            // The parser also reads hexadecimal, octal and missing parts.
            var four = address.ToString();
            return bare.SequenceEqual(four) ? four : null;
        }

        // It also reads brackets, ports and prefixes, which must be gone by now. A socket for both families writes IPv4 addresses inside
        // IPv6 (RFC 4291 §2.5.5.2).
        return bare.ContainsAnyExcept(Parts) ? null
            : address.IsIPv4MappedToIPv6 ? address.MapToIPv4().ToString()
            : address.ToString();
    }

    /// <summary>The value of the parameter <c>for</c>.</summary>
    private static ReadOnlySpan<char> For(ReadOnlySpan<char> element)
    {
        foreach (var part in element.Split(';'))
        {
            var pair = element[part].Trim();
            if (pair.IndexOf('=') is >= 0 and var equals && pair[..equals].TrimEnd().Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                return pair[(equals + 1)..];
            }
        }

        return [];
    }

    /// <summary>IPv6 has a port only behind brackets: without them every colon is part of the address.</summary>
    private static ReadOnlySpan<char> WithoutPort(ReadOnlySpan<char> address) =>
        address is ['[', ..] ? (address.IndexOf(']') is > 0 and var end ? address[1..end] : [])
        : address.Count(':') == 1 ? Before(address, ':')
        : address;

    private static ReadOnlySpan<char> Before(ReadOnlySpan<char> text, char end) => text.IndexOf(end) is >= 0 and var at ? text[..at] : text;
}
