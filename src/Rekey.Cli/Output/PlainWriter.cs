using System.Text;

namespace Rekey.Cli.Output;

/// <summary>Writes text without unsafe characters, except for tabs and line ends.</summary>
internal sealed class PlainWriter(TextWriter to) : TextWriter
{
    public override Encoding Encoding => to.Encoding;

    public override void Write(char value) => to.Write(Plain(value.ToString()));

    public override void Write(string? value) => to.Write(Plain(value ?? ""));

    public override void Write(char[] buffer, int index, int count) => to.Write(Plain(new(buffer, index, count)));

    public override void WriteLine(string? value) => to.WriteLine(Plain(value ?? ""));

    public override Task WriteLineAsync(string? value) => to.WriteLineAsync(Plain(value ?? ""));

    public override void Flush() => to.Flush();

    private static string Plain(string text) =>
        PlainText.Of(text, static rune => rune.Value is '\t' or '\n' or '\r' ? rune.ToString() : null);
}
