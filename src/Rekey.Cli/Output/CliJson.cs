using System.Text.Encodings.Web;
using System.Text.Json;

namespace Rekey.Cli.Output;

/// <summary>The JSON settings of the tool: for files and pipes, not for web pages.</summary>
internal static class CliJson
{
    public static readonly JsonWriterOptions Writer = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static readonly JsonSerializerOptions OneLine = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
