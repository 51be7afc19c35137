using DuckDB.NET.Data;

namespace Rekey.DuckDb.Tests.Engine;

/// <summary>The embedded engine runs where the tests run.</summary>
public sealed class EngineTests
{
    [Fact]
    public void The_native_library_is_there()
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM range(3)";
        Assert.Equal(3L, command.ExecuteScalar());
    }
}
