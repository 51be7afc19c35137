using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Rekey.Cli.Output;

/// <summary>The JSON settings of the tool: for files, pipes and terminals.</summary>
internal static class CliJson
{
    private static readonly JavaScriptEncoder Encoder = MakeEncoder();

    /// <summary>One document, for people too.</summary>
    public static readonly JsonWriterOptions Writer = new() { Indented = true, Encoder = Encoder };

    /// <summary>One document per line.</summary>
    public static readonly JsonWriterOptions LineWriter = new() { Encoder = Encoder };

    public static readonly JsonSerializerOptions OneLine = new() { Encoder = Encoder };

    /// <summary>Escapes what <see cref="PlainText"/> must not show, as a terminal shows JSON too. The encoder escapes characters above
    /// U+FFFF anyway.</summary>
    private static JavaScriptEncoder MakeEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters([
            .. Enumerable
                .Range(0, char.MaxValue + 1)
                .Select(c => (char)c)
                .Where(c => Rune.TryCreate(c, out var rune) && PlainText.IsUnsafe(rune)),
        ]);
        return JavaScriptEncoder.Create(settings);
    }
}
