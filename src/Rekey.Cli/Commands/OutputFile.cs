namespace Rekey.Cli.Commands;

/// <summary>Standard output, or a file that appears only when it is complete.</summary>
internal sealed class OutputFile : IAsyncDisposable
{
    private readonly string? _path;
    private readonly string? _part;
    private bool _isWhole;

    private OutputFile(Stream stream, string? path, string? part) => (Stream, _path, _part) = (stream, path, part);

    public Stream Stream { get; }

    public bool IsTerminal => _path is null && !Console.IsOutputRedirected;

    /// <param name="path">Null for standard output.</param>
    public static OutputFile Open(string? path)
    {
        if (path is null)
        {
            return new(Console.OpenStandardOutput(), null, null);
        }

        var part = $"{path}.part";
        return new(File.Create(part), path, part);
    }

    public void Keep() => _isWhole = true;

    public async ValueTask DisposeAsync()
    {
        await Stream.DisposeAsync();
        if (_part is null)
        {
            return;
        }

        if (_isWhole)
        {
            File.Move(_part, _path!, overwrite: true);
        }
        else
        {
            File.Delete(_part);
        }
    }
}
