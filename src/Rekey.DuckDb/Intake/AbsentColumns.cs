using DuckDB.NET.Data;
using Rekey.Core;
using Rekey.DuckDb.Engine;
using Rekey.DuckDb.Files;
using Rekey.DuckDb.Files.Shapes;
using Rekey.DuckDb.Mapping;

namespace Rekey.DuckDb.Intake;

/// <summary>Finds columns that a map names and no file of their source has: a typo would silently judge without the column.</summary>
internal sealed class AbsentColumns(LogDatabase database, CancellationToken cancellationToken)
{
    /// <remarks>The beginning of each file decides in most cases. Only for a column that is in none of them, all rows are read.</remarks>
    public IReadOnlyList<AbsentColumn> Of(IReadOnlyList<RawFiles> groups, IReadOnlyList<FileShape> shapes)
    {
        var byPath = shapes.DistinctBy(s => s.File.Path, StringComparer.Ordinal).ToDictionary(s => s.File.Path, StringComparer.Ordinal);
        var absent = new List<AbsentColumn>();
        foreach (var source in groups.GroupBy(g => g.View.Source.At, StringComparer.Ordinal))
        {
            var (mapped, files) = (source.First().View.Source, source.SelectMany(g => g.Files).Select(f => byPath[f.Path]).ToList());
            foreach (var (at, column) in mapped.Given)
            {
                if (files.Exists(f => column.IsIn(p => f.Has(p, mapped.Delimiter) && !IsDoubtful(f, p))))
                {
                    continue;
                }

                var missing = column.Paths.Where(p => !source.Any(g => Holds(g, p))).ToList();
                if (column.IsIn(p => !missing.Contains(p)))
                {
                    continue;
                }

                absent.Add(new(mapped.Map, at, Words(missing, files, mapped), files.TrueForAll(f => f.File.Format is not LogFormat.Json)));
            }
        }

        return absent;
    }

    /// <summary>Headers show the first name of a nested column alone.</summary>
    private static bool IsDoubtful(FileShape file, IReadOnlyList<string> path) => file.File.Format is not LogFormat.Json && path.Count > 1;

    private bool Holds(RawFiles files, IReadOnlyList<string> path)
    {
        try
        {
            return database.Query(files.Holds(path), r => r.GetInt32(0), cancellationToken: cancellationToken).Count > 0;
        }
        catch (DuckDBException)
        {
            // A damaged file is found when it is read; its columns are unknown.
            return true;
        }
    }

    private static string Words(List<IReadOnlyList<string>> missing, List<FileShape> files, LogSource source)
    {
        var known = files.Take(100).SelectMany(f => f.Names(source.Delimiter)).Distinct(StringComparer.Ordinal).ToList();
        var names = missing.Select(m => string.Join('.', m)).ToList();
        var first = Path.GetFileName(files[0].File.Name);
        return $"no file of this source has {string.Join(" or ", names.Select(n => $"'{n}'"))} "
            + $"({first}{(files.Count > 1 ? $" and {files.Count - 1:N0} more" : "")}){NearestName.Hint(names[0], known)}";
    }
}
