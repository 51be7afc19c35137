using DuckDB.NET.Data;
using Rekey.Benchmarks.Measuring;

namespace Rekey.Benchmarks.Logs;

/// <summary>One statement in a DuckDB of its own process: what the engine costs without anything around it.</summary>
internal static class BareDuckDb
{
    public const string Command = "bare-duckdb";

    public static async Task<ProcessFigures> RunAsync(string sql, long memoryLimit, string folder, CancellationToken cancellationToken)
    {
        var figures = await ProcessFigures.OfAsync(Environment.ProcessPath!, [Command, $"{memoryLimit}", folder, sql], cancellationToken);
        return figures.ExitCode == 0 ? figures : throw new InvalidOperationException($"DuckDB failed: {figures.Errors}");
    }

    public static int Execute(string memoryLimit, string folder, string sql)
    {
        using var duck = Open(Path.Combine(folder, "bare-spill"), memoryLimit);
        Execute(duck, sql);
        return 0;
    }

    /// <summary>As Rekey's own engine is set: everything else is DuckDB's default.</summary>
    public static DuckDBConnection Open(string spill, string memoryLimit)
    {
        var duck = new DuckDBConnection("DataSource=:memory:");
        duck.Open();
        Execute(
            duck,
            $"SET memory_limit = '{memoryLimit}B'; SET threads = {Environment.ProcessorCount}; SET preserve_insertion_order "
                + $"= false; SET temp_directory = '{spill}'; SET TimeZone = 'UTC'"
        );
        return duck;
    }

    public static void Execute(DuckDBConnection duck, string sql)
    {
        using var command = duck.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
