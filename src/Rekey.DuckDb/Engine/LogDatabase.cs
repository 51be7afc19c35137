using DuckDB.NET.Data;
using Rekey.DuckDb.Intake;
using Rekey.DuckDb.Intake.Forms;

namespace Rekey.DuckDb.Engine;

/// <summary>An embedded DuckDB, which may read only the files it was opened for, and writes only into its own work folder.</summary>
internal sealed class LogDatabase : IDisposable
{
    private readonly WorkFolder _work;
    private readonly DuckDBConnection _connection;
    private readonly IProgress<LogProgress>? _progress;

    public LogDatabase(DuckDbOptions options, IEnumerable<string> readable, IProgress<LogProgress>? progress = null)
    {
        if (options.Validate().FirstOrDefault() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(options));
        }

        _progress = progress;
        _work = WorkFolder.Create(options.TempFolder);
        _connection = new($"DataSource={System.IO.Path.Combine(_work.Path, "work.duckdb")}");
        try
        {
            Open();
            _connection.RegisterScalarFunction<string, string?>(AddressSql.Function, ClientAddress.Parse);
            Execute($"SET memory_limit = {SqlText.Literal($"{options.MemoryLimitBytes}B")}");
            Execute($"SET threads = {options.Threads ?? Environment.ProcessorCount}");
            Execute($"SET temp_directory = {SqlText.Literal(_work.Path)}");
            Execute($"SET max_temp_directory_size = {SqlText.Literal($"{options.MaxTempBytes}B")}");
            // The file is deleted when it closes: what is not yet in it need not be written.
            Execute("PRAGMA disable_checkpoint_on_shutdown");
            // Order costs memory in every insert and join, and no detection needs it.
            Execute("SET preserve_insertion_order = false");
            Execute("SET TimeZone = 'UTC'");
            Execute("SET enable_progress_bar = true");
            Execute("SET enable_progress_bar_print = false");
            Execute("SET autoinstall_known_extensions = false");
            Execute("SET autoload_known_extensions = false");
            Execute($"SET allowed_directories = {SqlText.List([.. readable.Distinct(StringComparer.Ordinal), _work.Path])}");
            Execute("SET enable_external_access = false");
            Execute("SET lock_configuration = true");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The current owner of the views and parameters, which all callers of the database share.</summary>
    public object? PreparedFor { get; set; }

    /// <summary>The folder for unpacked files.</summary>
    public string WorkPath => _work.Path;

    public void Execute(string sql, string stage = "", CancellationToken cancellationToken = default)
    {
        foreach (var _ in Read(sql, static _ => 0, stage, streaming: false, cancellationToken)) { }
    }

    public IReadOnlyList<T> Query<T>(
        string sql,
        Func<DuckDBDataReader, T> read,
        string stage = "",
        CancellationToken cancellationToken = default
    ) => [.. Read(sql, read, stage, streaming: false, cancellationToken)];

    /// <summary>Reads row by row, so that the result is never in memory as a whole.</summary>
    public IEnumerable<T> Stream<T>(string sql, Func<DuckDBDataReader, T> read, string stage, CancellationToken cancellationToken) =>
        Read(sql, read, stage, streaming: true, cancellationToken);

    public void Dispose()
    {
        _connection.Dispose();
        _work.Dispose();
    }

    private void Open()
    {
        try
        {
            _connection.Open();
        }
        catch (DuckDBException e)
        {
            throw EngineFailure.Of(e, _work.Path) ?? EngineFailure.WorkFolder(e, _work.Path);
        }
    }

    private IEnumerable<T> Read<T>(
        string sql,
        Func<DuckDBDataReader, T> read,
        string stage,
        bool streaming,
        CancellationToken cancellationToken
    )
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.UseStreamingMode = streaming;
        using var watch = new QueryWatch(_connection, command, stage, _progress, cancellationToken);
        using var reader = Guard(command.ExecuteReader, cancellationToken);
        while (Guard(reader.Read, cancellationToken))
        {
            yield return read(reader);
        }
    }

    /// <summary>Converts failures of the machine. What remains is about the statement or about a file that it reads.</summary>
    private T Guard<T>(Func<T> work, CancellationToken cancellationToken)
    {
        try
        {
            return work();
        }
        catch (DuckDBException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (DuckDBException e)
        {
            if (EngineFailure.Of(e, _work.Path) is { } failure)
            {
                throw failure;
            }

            throw;
        }
    }
}
