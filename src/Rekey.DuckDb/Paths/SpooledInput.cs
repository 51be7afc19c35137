using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;

namespace Rekey.DuckDb.Paths;

/// <summary>Standard input, copied to a file of its own work folder: the engine reads a log more than once.</summary>
public sealed class SpooledInput : IDisposable
{
    /// <summary>The path that means standard input.</summary>
    public const string Path = "-";

    private const string Name = "standard-input";
    private const int BufferLength = 1 << 16;
    private readonly WorkFolder _work;
    private readonly string _file;

    private SpooledInput(WorkFolder work) => (_work, _file) = (work, System.IO.Path.Combine(work.Path, Name));

    /// <summary>Copies a stream to its end, or to <see cref="DuckDbOptions.MaxTempBytes"/>.</summary>
    /// <exception cref="CannotContinueException"><c>standard-input-too-long</c>, <c>work-folder-failed</c>.</exception>
    public static async Task<SpooledInput> ReadAsync(Stream input, DuckDbOptions options, CancellationToken cancellationToken)
    {
        var spooled = new SpooledInput(WorkFolder.Create(options.TempFolder));
        try
        {
            await spooled.CopyAsync(input, options.MaxTempBytes, cancellationToken);
            return spooled;
        }
        catch (Exception e)
        {
            spooled.Dispose();
            if (EngineFailure.Of(e, spooled._work.Path) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }

    /// <exception cref="CannotContinueException"><c>unknown-log-form</c>.</exception>
    internal LogFile AsLog()
    {
        var (file, reason) = LogFile.Of(_file, Name);
        return file
            ?? throw new CannotContinueException(
                "unknown-log-form",
                $"Standard input cannot be read: {reason ?? "it is empty"}.",
                "Pipe NDJSON, CSV or Parquet into it, plain or packed with gzip or zstd."
            );
    }

    /// <inheritdoc/>
    public void Dispose() => _work.Dispose();

    private async Task CopyAsync(Stream input, long most, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(_file, FileMode.CreateNew, FileAccess.Write);
        var buffer = new byte[BufferLength];
        while (await input.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (file.Length + read > most)
            {
                throw new CannotContinueException(
                    "standard-input-too-long",
                    $"Standard input is longer than {most:N0} bytes, the maximum size of the work folder.",
                    "Write it to a file, and name that file."
                );
            }

            await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }
    }
}
