using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Rekey.DuckDb.Intake.Repairs;

/// <summary>
/// Makes a damaged JSON line readable (RFC 8259). A client chooses its user agent and a forger every claim, and what a logger does not
/// escape must not hide the rest of the line.
/// </summary>
/// <remarks>
/// Within strings: a control character is escaped; <c>\x22</c>, as nginx writes it, becomes <c>\u0022</c>; an unknown escape keeps its
/// letter; a lone surrogate or an invalid UTF-8 sequence becomes U+FFFD. Outside: a value that JSON does not know, such as <c>-</c> or
/// <c>NaN</c>, becomes a text. Of a line that is broken even then, the members before the break are kept.
/// </remarks>
internal static class JsonLine
{
    private const int MaxDepth = 1000;

    private static readonly SearchValues<byte> Between = SearchValues.Create(" \t\r,:{}[]\""u8);

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth, AllowTrailingCommas = true };

    /// <summary>Writes the readable part of a line to <paramref name="to"/>: <c>{}</c> if there is none.</summary>
    public static LineDamage Repair(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> to)
    {
        to.ResetWrittenCount();
        if (!Sanitize(line, to))
        {
            var (kept, isWhole) = Readable(to.WrittenSpan, out var closing);
            if (isWhole)
            {
                return LineDamage.None;
            }

            return Keep(to, kept, closing);
        }

        var (length, _) = Readable(to.WrittenSpan, out var end);
        return Keep(to, length, end);
    }

    private static LineDamage Keep(ArrayBufferWriter<byte> to, int length, string closing)
    {
        var kept = to.WrittenSpan[..length].ToArray();
        to.ResetWrittenCount();
        to.Write(kept);
        to.Write(Encoding.ASCII.GetBytes(closing));
        if (to.WrittenSpan.Trim(" \t\r{}"u8).IsEmpty)
        {
            to.ResetWrittenCount();
            to.Write("{}"u8);
            return LineDamage.All;
        }

        return LineDamage.Some;
    }

    /// <summary>Finds how much of the line is a JSON object.</summary>
    /// <param name="closing">The brackets that close it.</param>
    private static (int Length, bool IsWhole) Readable(ReadOnlySpan<byte> line, out string closing)
    {
        var (open, safe) = (new Stack<char>(), 0);
        closing = "";
        try
        {
            var json = new Utf8JsonReader(line, isFinalBlock: true, new JsonReaderState(Options));
            while (json.Read())
            {
                switch (json.TokenType)
                {
                    case JsonTokenType.StartObject:
                        open.Push('}');
                        break;
                    case JsonTokenType.StartArray when open.Count == 0:
                        return (0, false);
                    case JsonTokenType.StartArray:
                        open.Push(']');
                        break;
                    case JsonTokenType.EndObject or JsonTokenType.EndArray:
                        open.Pop();
                        break;
                    case JsonTokenType.PropertyName:
                        continue;
                    default:
                        if (open.Count == 0)
                        {
                            return (0, false);
                        }

                        break;
                }

                safe = (int)json.BytesConsumed;
                closing = string.Concat(open);
            }

            return (line.Length, safe > 0);
        }
        catch (JsonException)
        {
            return (safe, false);
        }
    }

    /// <summary>Copies the line with its strings and bare values repaired.</summary>
    /// <returns>Whether anything had to be repaired.</returns>
    private static bool Sanitize(ReadOnlySpan<byte> line, ArrayBufferWriter<byte> to)
    {
        var (changed, inString, i) = (false, false, 0);
        if (!Utf8.IsValid(line))
        {
            // Invalid sequences become U+FFFD.
            line = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(line));
            changed = true;
        }

        while (i < line.Length)
        {
            var c = line[i];
            if (!inString)
            {
                if (c == '"')
                {
                    inString = true;
                    Put(to, line.Slice(i++, 1));
                }
                else if (
                    c is (byte)'{' or (byte)'}' or (byte)'[' or (byte)']' or (byte)',' or (byte)':' or (byte)' ' or (byte)'\t' or (byte)'\r'
                )
                {
                    Put(to, line.Slice(i++, 1));
                }
                else
                {
                    var rest = line[i..].IndexOfAny(Between);
                    var bare = rest < 0 ? line[i..] : line.Slice(i, rest);
                    changed |= Bare(bare, to);
                    i += bare.Length;
                }
            }
            else if (c == '"')
            {
                inString = false;
                Put(to, line.Slice(i++, 1));
            }
            else if (c == '\\')
            {
                i += Escape(line[i..], to, ref changed);
            }
            else if (c < 0x20)
            {
                Put(to, Encoding.ASCII.GetBytes($"\\u{c:x4}"));
                (changed, i) = (true, i + 1);
            }
            else
            {
                var plain = line[i..].IndexOfAnyInRange((byte)0, (byte)0x1F) is var control and >= 0 ? line.Slice(i, control) : line[i..];
                var end = plain.IndexOfAny((byte)'"', (byte)'\\');
                plain = end < 0 ? plain : plain[..end];
                Put(to, plain);
                i += plain.Length;
            }
        }

        return changed;
    }

    /// <summary>Writes a value outside of strings. What JSON does not know becomes a text.</summary>
    private static bool Bare(ReadOnlySpan<byte> value, ArrayBufferWriter<byte> to)
    {
        if (value.SequenceEqual("true"u8) || value.SequenceEqual("false"u8) || value.SequenceEqual("null"u8) || IsNumber(value))
        {
            Put(to, value);
            return false;
        }

        Put(to, "\""u8);
        foreach (var b in value)
        {
            Put(to, b is (byte)'\\' or < 0x20 ? Encoding.ASCII.GetBytes($"\\u{b:x4}") : [b]);
        }

        Put(to, "\""u8);
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<byte> value)
    {
        try
        {
            var json = new Utf8JsonReader(value);
            return json.Read() && json.TokenType is JsonTokenType.Number && !json.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Writes one escape sequence, repaired.</summary>
    /// <returns>The bytes that it takes in the line.</returns>
    private static int Escape(ReadOnlySpan<byte> at, ArrayBufferWriter<byte> to, ref bool changed)
    {
        if (at.Length < 2)
        {
            // The line ends within an escape: the string is not closed either.
            return at.Length;
        }

        switch (at[1])
        {
            case (byte)'u' when Unit(at) is { } unit:
                if (!char.IsSurrogate(unit))
                {
                    Put(to, at[..6]);
                    return 6;
                }

                if (char.IsHighSurrogate(unit) && at.Length >= 12 && Unit(at[6..]) is { } low && char.IsLowSurrogate(low))
                {
                    Put(to, at[..12]);
                    return 12;
                }

                Put(to, "\\ufffd"u8);
                changed = true;
                return 6;
            case (byte)'x' when at.Length >= 4 && Hex(at.Slice(2, 2)) is { } code:
                Put(to, Encoding.ASCII.GetBytes($"\\u{code:x4}"));
                changed = true;
                return 4;
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                Put(to, at[..2]);
                return 2;
            default:
                // Keep the backslash as a character of the text.
                Put(to, "\\\\"u8);
                changed = true;
                return 1;
        }
    }

    private static char? Unit(ReadOnlySpan<byte> at) =>
        at.Length >= 6 && at[0] == '\\' && at[1] == 'u' && Hex(at.Slice(2, 4)) is { } unit ? (char)unit : null;

    private static int? Hex(ReadOnlySpan<byte> digits) =>
        int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static void Put(ArrayBufferWriter<byte> to, ReadOnlySpan<byte> bytes) => to.Write(bytes);
}
