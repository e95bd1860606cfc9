-- Municipality cells, each under the code in force in its year, one cell per place and series. `area_code`: the area of today
-- whose own figure it is, of a place that is the whole of it.
{{ config(materialized='view') }}

select * from {{ ref('int_observation__regular') }}
union all
select * from {{ ref('int_observation__apart') }}
